package mtom

// Limits bound what a message may make a decoder hold or do. A zero field is its default.
type Limits struct {
	Root        int64 // bytes of the root part without values in place; 4 MiB
	Depth       int64 // elements within one another in the root; 100
	Elements    int64 // in the root; one in 32 bytes of Root, so that a tree of it stays small, too
	Attributes  int64 // of one element, namespace declarations among them; 256
	Parts       int64 // MIME parts, the root among them; 64, never more than 1000
	FieldBytes  int64 // of one part's header fields, as they stand in the message; 16 KiB, never more than 64 KiB
	Fields      int64 // of one part; 100
	Preamble    int64 // bytes before the first delimiter; 64 KiB
	Epilogue    int64 // bytes after the closing delimiter; 64 KiB
	Padding     int64 // blanks behind a delimiter; 1 KiB, never more than 64 KiB
	Spool       int64 // bytes of parts that come before the root and must be kept; 8 MiB
	ContentType int64 // bytes of the Content-Type; 4 KiB
}

// bytesPerElement: the densest known answer, a list of files, has 58.
const bytesPerElement = 32

// What no caller can raise: ids of parts are kept, and a part's fields and a delimiter must fit into the window.
const (
	hardParts = 1000
	hardBlock = 64 << 10
)

var defaults = Limits{
	Root: 4 << 20, Depth: 100, Attributes: 256, Parts: 64, FieldBytes: 16 << 10, Fields: 100,
	Preamble: 64 << 10, Epilogue: 64 << 10, Padding: 1 << 10, Spool: 8 << 20, ContentType: 4 << 10,
}

func (l Limits) withDefaults() Limits {
	for _, field := range []struct{ value, byDefault *int64 }{
		{&l.Root, &defaults.Root},
		{&l.Depth, &defaults.Depth},
		{&l.Attributes, &defaults.Attributes},
		{&l.Parts, &defaults.Parts},
		{&l.FieldBytes, &defaults.FieldBytes},
		{&l.Fields, &defaults.Fields},
		{&l.Preamble, &defaults.Preamble},
		{&l.Epilogue, &defaults.Epilogue},
		{&l.Padding, &defaults.Padding},
		{&l.Spool, &defaults.Spool},
		{&l.ContentType, &defaults.ContentType},
	} {
		if *field.value <= 0 {
			*field.value = *field.byDefault
		}
	}
	if l.Elements <= 0 {
		l.Elements = l.Root / bytesPerElement
	}
	l.Parts = min(l.Parts, hardParts)
	l.FieldBytes = min(l.FieldBytes, hardBlock)
	l.Padding = min(l.Padding, hardBlock)
	return l
}
