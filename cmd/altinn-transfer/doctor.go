package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"net/url"
	"strings"

	"github.com/altinn-transfer/altinn-transfer/endpoint"
	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/spf13/cobra"
)

// doctorCommand looks at everything that a transfer needs, from here to the service and back to the disk.
type doctorCommand struct {
	app        *app
	connection *connection
	out        string
	journal    string
	noLogin    bool

	settled error // why the flags could not be settled
	binding endpoint.Binding
	address *url.URL          // of one operation; nil: there is none that can be called
	probe   *probe            // what answered there; nil: not asked yet
	because map[string]string // the check that failed, for each that failed or is not looked at
	failed  []string          // checks
	code    int               // of the first that failed
}

func newDoctorCommand(a *app) *cobra.Command {
	d := &doctorCommand{app: a, because: map[string]string{}}
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Check all that a transfer needs, from the configuration to one login",
		Long: `Checks, one after the other, all that a transfer needs: configuration, passwords, certificates, proxy, name, connection, TLS,
clock, service, the disks of the journal and of --out, and at last one login with the cheapest call there is. It never makes
a second one, because a few refused ones lock a user out, and it makes none where something before it failed. The exit code
is that of the first check that failed.`,
		Example: "  altinn-transfer doctor --profile nightly --out inbox",
		Args:    cobra.NoArgs,
		// What is wrong with the configuration is a diagnosis here, and ends nothing.
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
			d.settled = a.settle(cmd)
			err := a.openLog(cmd.Flags())
			a.begun = err == nil
			return err
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return d.run(cmd.Context()) },
	}
	flags := cmd.Flags()
	d.connection = a.addConnectionFlags(flags)
	d.connection.addPartyFlag(flags)
	flags.StringVar(&d.out, "out", "", "`directory` that files would be received into")
	flags.StringVar(&d.journal, "journal", "", "`file` that remembers what is done (default one for each user, service and party)")
	flags.BoolVar(&d.noLogin, "no-login", false, "make no login, and ask for no password")
	markOwn(flags, "no-login")
	cmd.MarkFlagDirname("out")
	a.addJSONFlag(flags)
	return cmd
}

// check is one thing that is looked at, with the checks that it makes no sense without.
type check struct {
	name  string
	needs []string
	run   func(*doctorCommand, context.Context) []diagnosis
}

// checks are in the order in which a transfer comes by what they look at.
var checks = []check{
	{"configuration", nil, (*doctorCommand).checkConfiguration},
	{"password", []string{"configuration"}, (*doctorCommand).checkPassword},
	{"certificate", []string{"configuration"}, (*doctorCommand).checkCertificate},
	{"client-certificate", []string{"configuration"}, (*doctorCommand).checkClientCertificate},
	{"ca", []string{"configuration"}, (*doctorCommand).checkCA},
	{"address", []string{"configuration"}, (*doctorCommand).checkAddress},
	{"proxy", []string{"configuration"}, (*doctorCommand).checkProxy},
	{"name", []string{"proxy"}, (*doctorCommand).checkName},
	{"connection", []string{"name"}, (*doctorCommand).checkConnection},
	{"tls", []string{"connection", "ca", "client-certificate"}, (*doctorCommand).checkTLS},
	{"clock", []string{"connection", "ca", "client-certificate"}, (*doctorCommand).checkClock},
	{"service", []string{"tls"}, (*doctorCommand).checkService},
	{"journal", nil, (*doctorCommand).checkJournal},
	{"out", nil, (*doctorCommand).checkOut},
	{"login", []string{"password", "certificate", "address", "clock", "service"}, (*doctorCommand).checkLogin},
}

// outcome is how a check ended.
type outcome string

const (
	isOK      outcome = "ok"
	isWarning outcome = "warning"
	isFailed  outcome = "failed"
	isSkipped outcome = "skipped"
)

// diagnosis is what a check has to say.
type diagnosis struct {
	check  string
	is     outcome
	text   string
	advice string // what to do; "": nothing
	code   int    // the exit code, of what failed
}

func fine(format string, args ...any) diagnosis {
	return diagnosis{is: isOK, text: fmt.Sprintf(format, args...)}
}

func skipped(format string, args ...any) diagnosis {
	return diagnosis{is: isSkipped, text: fmt.Sprintf(format, args...)}
}

func warned(advice, format string, args ...any) diagnosis {
	return diagnosis{is: isWarning, text: fmt.Sprintf(format, args...), advice: advice}
}

func bad(code int, advice, format string, args ...any) diagnosis {
	return diagnosis{is: isFailed, text: fmt.Sprintf(format, args...), advice: advice, code: code}
}

// because is what failed for an error, whose hint is the advice.
func because(err error) diagnosis {
	f := bad(exitCode(err), "", "%v", err)
	if e, ok := errors.AsType[*failure.Error](err); ok {
		f.advice = e.Hint()
		same := *e
		if f.text = strings.TrimSuffix(same.Error(), "; "+f.advice); e.Kind == failure.Usage && e.Err != nil {
			f.text = e.Err.Error()
		}
	}
	return f
}

func (d *doctorCommand) run(ctx context.Context) error {
	for _, c := range checks {
		diagnoses := d.examine(ctx, c)
		if cause := context.Cause(ctx); cause != nil {
			return &failure.Error{Op: "check " + c.name, Kind: failure.Interrupted, Err: cause}
		}
		for _, f := range diagnoses {
			f.check = cmp.Or(f.check, c.name)
			if err := d.tell(f); err != nil {
				return err
			}
		}
	}
	if len(d.failed) == 0 {
		return nil
	}
	return &exitError{code: d.code, err: fmt.Errorf("%s failed: %s", count(len(d.failed), "check"), strings.Join(d.failed, ", "))}
}

// examine carries out a check, unless one that it needs has failed, or was not looked at for that.
func (d *doctorCommand) examine(ctx context.Context, c check) []diagnosis {
	for _, needed := range c.needs {
		if cause := d.because[needed]; cause != "" {
			d.because[c.name] = cause
			return []diagnosis{skipped("not looked at, because of %s", cause)}
		}
	}
	return c.run(d, ctx)
}

// diagnosisEvent is a diagnosis of doctor.
type diagnosisEvent struct {
	eventHead
	Check  string  `json:"check"`
	Status outcome `json:"status"` // ok, warning, failed or skipped
	Text   string  `json:"text"`
	Advice string  `json:"advice,omitempty"`
	Code   int     `json:"exit_code,omitempty"` // of what failed
}

func (d *doctorCommand) tell(f diagnosis) error {
	if f.is == isFailed {
		d.because[f.check] = f.check
		d.failed, d.code = append(d.failed, f.check), cmp.Or(d.code, f.code)
	}
	if d.app.json {
		return d.app.events.write(diagnosisEvent{head("diagnosis"), f.check, f.is, f.text, f.advice, f.code})
	}
	_, err := fmt.Fprint(d.app.out, f.lines(columnsOf(d.app.out)))
	return orUnwritten(err)
}

// diagnosisIndent is where the text of a diagnosis begins.
const diagnosisIndent = len("skipped  client-certificate  ")

// lines are a diagnosis for a person, in so many columns; 0: it is no terminal, and nothing is broken.
func (f diagnosis) lines(columns int) string {
	columns = cmp.Or(columns, math.MaxInt)
	indent := strings.Repeat(" ", diagnosisIndent)
	text := fmt.Sprintf("%-7s  %-18s  ", f.is, f.check) + wrapped(visible(f.text), diagnosisIndent, indent, columns)
	if f.advice != "" {
		text += indent + wrapped("do: "+visible(f.advice), diagnosisIndent, indent+"    ", columns)
	}
	return text
}
