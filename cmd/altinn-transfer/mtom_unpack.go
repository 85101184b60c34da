package main

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"text/tabwriter"

	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/altinn-transfer/altinn-transfer/internal/atomicfile"
	"github.com/altinn-transfer/altinn-transfer/mtom"
	"github.com/spf13/cobra"
)

func newUnpackCommand(a *app) *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use:   "unpack [FILE|-]",
		Short: "Write the binary values of a saved message to files",
		Long: `Writes the binary values of a saved message to payload-1.bin, payload-2.bin and so on, in the order of their elements. All
of them appear, or, when the message is not good or a name is taken, none.

` + messageHelp,
		Example: "  altinn-transfer mtom unpack -o payloads answer.http",
		Args:    cobra.MaximumNArgs(1),
	}
	from := addMessageFlags(cmd)
	cmd.Flags().StringVarP(&dir, "out", "o", ".", "`directory` to write to, made when it is missing")
	cmd.MarkFlagDirname("out")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		m, err := openMessage(a, args, from)
		if err != nil {
			return err
		}
		defer m.close()
		return unpack(a, m, dir)
	}
	return cmd
}

func unpack(a *app, m *message, dir string) error {
	if err := makeDir(dir); err != nil {
		return err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return unpackFailure(err)
	}
	defer root.Close()
	u := &unpacking{dir: root}
	defer u.discard()
	if err := m.decode(u.write, u.discard); err != nil {
		return err
	}
	if err := u.commit(); err != nil {
		return err
	}
	return u.print(a, dir)
}

func unpackFailure(err error) error {
	return &failure.Error{Op: "unpack", Kind: failure.Disk, Err: err}
}

// unpacking is a set of files that appear together.
type unpacking struct {
	dir   *os.Root
	files []unpacked
}

type unpacked struct {
	name string
	file *atomicfile.File
	value
}

func (u *unpacking) write(p *mtom.Payload) error {
	name := fmt.Sprintf("payload-%d.bin", p.Index+1)
	file, err := atomicfile.Create(u.dir, name)
	if err != nil {
		return unpackFailure(err)
	}
	u.files = append(u.files, unpacked{name: name, file: file})
	v, err := look(p, file)
	u.files[len(u.files)-1].value = v
	return err
}

// commit gives the files their names; where one cannot have its own, those that have theirs already are removed.
func (u *unpacking) commit() error {
	for i, f := range u.files {
		if err := f.file.CommitNew(); err != nil {
			for _, done := range u.files[:i] {
				u.dir.Remove(done.name)
			}
			return unpackFailure(err)
		}
	}
	return nil
}

func (u *unpacking) discard() {
	for _, f := range u.files {
		f.file.Discard()
	}
	u.files = nil
}

func (u *unpacking) print(a *app, dir string) error {
	slices.SortFunc(u.files, func(a, b unpacked) int { return cmp.Compare(a.index, b.index) })
	table := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
	for _, f := range u.files {
		fmt.Fprintf(table, "%s\t%d bytes\t%s\t%s\n", visible(filepath.Join(dir, f.name)), f.Length, f.element.Local, f.SHA256)
	}
	if len(u.files) == 0 {
		fmt.Fprintln(table, "The message is whole and holds no binary values.")
	}
	return table.Flush()
}
