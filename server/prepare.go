package server

import (
	"fmt"

	"github.com/altinn-transfer/altinn-transfer/endpoint"
)

// prepare reads the options that say what is answered, before the store is opened.
func (s *Server) prepare() (err error) {
	for _, rule := range s.options.Attachments {
		if err := rule.check(); err != nil {
			return fmt.Errorf("read attachment rules: %w", err)
		}
	}
	if s.persons, err = newPersons(s.options.Persons, s.options.Now); err != nil {
		return fmt.Errorf("read persons: %w", err)
	}
	if s.fixtures, err = readFixtures(s.options.Fixtures); err != nil {
		return fmt.Errorf("read fixtures: %w", err)
	}
	return nil
}

// isBase reports whether a name is the base name of an operation of the catalogue.
func isBase(name string) bool {
	for op := range endpoint.All() {
		if op.Base == name {
			return true
		}
	}
	return false
}
