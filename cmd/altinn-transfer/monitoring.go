package main

import "github.com/spf13/cobra"

// newMonitoringTopic is a page of help about what runs leave for those who watch over them.
func newMonitoringTopic() *cobra.Command {
	return &cobra.Command{
		Use:   "monitoring",
		Short: "Logs, metrics, reports and events, for who watches over it",
		Long:  "What it leaves for those who watch over it: a log, metrics, a report and events.\n\n" + logHelp + "\n\n" + metricsHelp + "\n\n" + reportHelp + "\n\n" + eventsHelp,
	}
}

const logHelp = `The log goes to stderr (--log-level, --log-format) or to a file (--log-file). In text, jobs are logged where --log-level is info
or debug, or the log goes to a file: their lines on stderr say the same. With --log-format json and no --log-file, all of
stderr is lines of JSON, also what a person would be told. A file that logrotate moves away is made anew within a second.
The attributes of a line of JSON; those of text have the same names, save that a time has a unit (1.5s):

    time, level, msg                 when (UTC); DEBUG, INFO, WARN or ERROR; what
    job                              the name of the job in log, events, report and on the screen
    file, path                       the file's name as the service knows it; where it is on this machine
    reference, senders_reference     of the shipment: the service's, and the sender's own
    bytes, sha256, receipt, note     of a job that ended
    attempt, attempts, wait          that failed; that there were; seconds until the next one
    elapsed                          seconds
    kind, error, repeat              of a failure: its kind in one word; in words; command lines that do what is not done
    exit_code                        of a run that failed
    user, host, binding              of the calls
    files, element, attachment       what a call was about
    operation, outcome, about        of serve: a request; ok, refused, busy, broke-off or lost; what it was about
    bytes_in, bytes_out              of serve: of the bodies of request and answer
    addr, after, id                  of serve: an address; how long was waited; the number of an error
    person, method, code, until      of serve --show-pins`

const metricsHelp = `Prometheus finds metrics at --metrics-addr of a command that goes on until it is stopped; one that ends writes them into a
file for node_exporter (--metrics-textfile), in which last_success_timestamp_seconds outlives runs that fail. All names begin
with altinn_transfer_. direction is send or receive; outcome is done, skipped, or the kind of the failure.

    jobs_started_total, jobs_ended_total      {direction}, {direction, outcome}
    jobs_in_flight                            {direction}
    job_attempts_total, job_retries_total     {direction}, {direction, kind}
    payload_bytes_total                       {direction}  of all attempts
    job_duration_seconds, job_size_bytes      {direction}  histograms of the jobs that were done
    last_success_timestamp_seconds            {direction}
    uncertain_uploads_total                   {direction}  no answer came, and the upload may stand
    run_end_timestamp_seconds, run_exit_code  of a run that ended
    server_requests_total                     {operation, binding, outcome}  of serve, as are these:
    server_requests_in_flight
    server_bytes_total                        {operation, way}  in or out
    server_request_duration_seconds           {operation}  histogram`

const reportHelp = `--report FILE gets a row for each job as it ends, in CSV or, by the ending of the name, as lines of JSON. One that is there is
added to. In CSV, a cell that a spreadsheet would take for a formula begins with '. The columns:

    time, direction, result          of its end, UTC; send or receive; sent, received, skipped or failed
    job, file, path, reference       as in the log
    bytes, sha256, attempts          as in the log
    seconds, receipt, note           how long it took; as in the log
    kind, message                    of a failure`

const eventsHelp = `--json writes events as lines of JSON on stdout; "altinn-transfer events-schema" prints their JSON Schema.`
