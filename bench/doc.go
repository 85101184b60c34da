// Package bench measures the codec, the path of the bytes, many small files and the packing of a ZIP, each beside what it
// could cost at least: bare net/http, a bare TCP connection, mime/multipart, archive/zip, a copy in memory. Where gSOAP is
// installed, the path has it as well.
//
// Rows that are compared run in turn within the same rounds, after a round that is not counted. Client and far side are
// processes of their own, begun anew for each run, so that processor time and memory are theirs alone; what a pair costs that
// carries no byte is measured as well and taken off. Every row is run once more outside the measured rounds with the digests
// compared. A [Report] is told as benchmark lines, as JSON, as HTML and as Markdown, and compared with an older one.
package bench
