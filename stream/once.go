package stream

// Once reports whether a source can be opened only once, as one of [OneShot]. A source that stands around another says so by
// a method of that name.
func Once(s Source) bool {
	once, ok := s.(interface{ Once() bool })
	return ok && once.Once()
}

// Once is for [Once].
func (o *oneShot) Once() bool { return true }

// Once is that of the source below.
func (d *Digested) Once() bool { return Once(d.Source) }
