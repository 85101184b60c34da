package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

func newVersionCommand(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Tell which version this is",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			info, _ := debug.ReadBuildInfo()
			v := newVersion(info)
			if a.json {
				a.json = false // the object is all that is told on stdout
				return orUnwritten(json.NewEncoder(a.out).Encode(v))
			}
			_, err := fmt.Fprintln(a.out, v)
			return orUnwritten(err)
		},
	}
	cmd.Flags().BoolVar(&a.json, "json", a.json, "one JSON object on stdout")
	return cmd
}

// version is what the build knows of itself.
type version struct {
	Version  string `json:"version"`
	Revision string `json:"revision,omitempty"`
	Time     string `json:"time,omitempty"` // of the revision
	Modified bool   `json:"modified"`       // built from more than the revision
	Go       string `json:"go"`
	OS       string `json:"os"`
	Arch     string `json:"arch"`
}

// newVersion takes info apart; nil where the build has none.
func newVersion(info *debug.BuildInfo) version {
	v := version{Version: "unknown", Go: runtime.Version(), OS: runtime.GOOS, Arch: runtime.GOARCH}
	if info == nil {
		return v
	}
	v.Version = cmp.Or(info.Main.Version, v.Version)
	for _, setting := range info.Settings {
		switch setting.Key {
		case "vcs.revision":
			v.Revision = setting.Value
		case "vcs.time":
			v.Time = setting.Value
		case "vcs.modified":
			v.Modified = setting.Value == "true"
		}
	}
	return v
}

func (v version) String() string {
	text := "altinn-transfer " + v.Version
	if v.Revision != "" {
		text += ", revision " + v.Revision[:min(len(v.Revision), 12)]
	}
	if v.Time != "" {
		text += " of " + v.Time
	}
	if v.Modified {
		text += " with changes"
	}
	return text + fmt.Sprintf(", %s, %s/%s", v.Go, v.OS, v.Arch)
}
