package resume

// File is a journal in a file.
type File struct{ Memory }

// Open opens the journal at path, and makes one that is not there.
func Open(path string) (*File, error) { return &File{}, nil }
