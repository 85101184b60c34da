package altinntransfer

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/altinn-transfer/altinn-transfer"

// mayImport is the drawing of the floors, as data. A package may import those of its row and no other of this module, and of
// other modules only what its second list names. A new entry comes with its reason in ARCHITECTURE.md; the table is never
// changed just to make a build pass.
var mayImport = map[string]struct{ ours, others []string }{
	"endpoint": {},
	"failure":  {},
	"mtom":     {},
	"stream":   {},
	"resume":   {[]string{"internal/atomicfile"}, nil},

	"schema": {
		[]string{"endpoint"},
		[]string{"github.com/beevik/etree"},
	},
	"security": {
		nil,
		[]string{"github.com/beevik/etree", "github.com/russellhaering/goxmldsig", "software.sslmate.com/src/go-pkcs12"},
	},

	"internal/atomicfile": {},
	"internal/bare":       {[]string{"internal/atomicfile"}, []string{"golang.org/x/sync/errgroup"}},
	"internal/diskspace":  {},
	"internal/certs":      {nil, []string{"software.sslmate.com/src/go-pkcs12"}},
	"internal/dropfolder": {nil, []string{"github.com/fsnotify/fsnotify"}},
	"internal/iofault":    {},
	"internal/zipstream":  {nil, []string{"github.com/klauspost/compress"}},
	"internal/wiretest":   {[]string{"mtom"}, []string{"github.com/beevik/etree"}},

	"soap": {
		[]string{"failure", "mtom", "stream"},
		[]string{"github.com/beevik/etree"},
	},
	"binding": {
		[]string{"endpoint", "failure", "schema", "security", "soap", "stream"},
		[]string{"github.com/beevik/etree", "golang.org/x/sync/singleflight"},
	},
	"broker": {
		[]string{"binding", "failure", "soap", "stream"},
		[]string{"github.com/beevik/etree"},
	},
	"archive": {
		[]string{"binding", "failure", "soap", "stream"},
		[]string{"github.com/beevik/etree"},
	},
	"server": {
		[]string{"endpoint", "internal/atomicfile", "mtom", "schema", "security", "soap", "stream"},
		[]string{"github.com/beevik/etree", "golang.org/x/crypto/bcrypt"},
	},
	"transfer": {
		[]string{"broker", "failure", "internal/atomicfile", "internal/diskspace", "internal/zipstream", "resume", "stream"},
		[]string{"golang.org/x/sync", "golang.org/x/time/rate"},
	},
	"metrics": {
		[]string{"failure", "resume", "transfer"},
		[]string{"github.com/prometheus/client_golang", "github.com/prometheus/common"},
	},
	"interop/bulk": {[]string{"internal/bare"}, nil},
	"bench": {
		[]string{
			"binding", "broker", "internal/bare", "internal/certs", "internal/iofault", "mtom", "resume", "server", "stream", "transfer",
		},
		nil,
	},
	"cmd/altinn-transfer": {
		[]string{
			"archive", "bench", "binding", "broker", "endpoint", "failure", "internal/atomicfile", "internal/certs", "internal/diskspace",
			"internal/dropfolder", "internal/iofault", "metrics", "mtom", "resume", "schema", "security", "server", "soap", "stream",
			"transfer",
		},
		[]string{
			"github.com/beevik/etree", "github.com/bmatcuk/doublestar/v4", "github.com/pelletier/go-toml/v2",
			"github.com/schollz/progressbar/v3", "github.com/spf13/cobra", "github.com/spf13/pflag", "github.com/zalando/go-keyring",
			"golang.org/x/sync/errgroup", "golang.org/x/sys", "golang.org/x/term",
		},
	},
}

func TestImportsPointDown(t *testing.T) {
	seen := map[string]bool{}
	for file, imports := range sources(t) {
		pkg := path.Dir(file)
		if pkg == "." {
			continue
		}
		seen[pkg] = true
		row, ok := mayImport[pkg]
		if !ok {
			t.Errorf("%s: package %s has no row in the table", file, pkg)
			continue
		}
		for _, imported := range imports {
			if !allowed(imported, row.ours, row.others) {
				t.Errorf("%s imports %s, which its row does not allow", file, imported)
			}
		}
	}
	for pkg := range mayImport {
		if !seen[pkg] {
			t.Errorf("the table has a row for %s, which does not exist", pkg)
		}
	}
}

func allowed(imported string, ours, others []string) bool {
	if pkg, ok := strings.CutPrefix(imported, module+"/"); ok {
		return slices.Contains(ours, pkg)
	}
	if first, _, _ := strings.Cut(imported, "/"); !strings.Contains(first, ".") {
		return true // the standard library
	}
	return slices.ContainsFunc(others, func(prefix string) bool {
		return imported == prefix || strings.HasPrefix(imported, prefix+"/")
	})
}

// sources parses every file that is no test. It reads the files itself: what a child process answers would be taken from
// the test cache.
func sources(t *testing.T) map[string][]string {
	t.Helper()
	imports := map[string][]string{}
	err := filepath.WalkDir(".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && (strings.HasPrefix(entry.Name(), ".") && name != "." || entry.Name() == "testdata" || entry.Name() == "tools") {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		list := []string{}
		for _, spec := range file.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			list = append(list, imported)
		}
		imports[filepath.ToSlash(name)] = list
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return imports
}
