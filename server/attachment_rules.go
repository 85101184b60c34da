package server

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/altinn-transfer/altinn-transfer/soap"
)

// AttachmentRule is a type of attachment that a service takes. A service without rules takes anything of up to 30 MB; where
// neither rules nor services are listed, nobody knows which have rules, and Limits.Attachment alone holds.
type AttachmentRule struct {
	Service    Service
	Type       string   // name of the attachment type, in any case
	MaxSize    int64    // bytes; 0 or less: Limits.Attachment
	Extensions []string // of file names, with their dots, in any case; nil: any
	Min, Max   int      // how many there must be before the form task is completed, and can be; Max 0: any number
}

// attachmentPlain is the documented limit of an attachment to a service without rules, of all those that come with a form task
// together, and of what GetAttachmentDataV2 gives: 30 MB.
const attachmentPlain = 30 << 20

// attachmentsMost bounds the attachments of one form task: they are listed in its receipt and by the archive.
const attachmentsMost = 1000

// rules are those for attachments to a service; nil when it has none.
func (s *Server) rules(service Service) []AttachmentRule {
	var rules []AttachmentRule
	for _, rule := range s.options.Attachments {
		if rule.Service == service {
			rules = append(rules, rule)
		}
	}
	return rules
}

// attachmentLimit checks an attachment against the rules of a service before it comes, and gives the bytes that it may have.
// No codes are documented for what is wrong with one.
func (s *Server) attachmentLimit(a attachment, service Service) (int64, error) {
	if a.FileName == "" || strings.ContainsAny(a.FileName, `:\`) {
		return 0, unreadable(fmt.Errorf(`FileName %.80q is empty, or has ':' or '\' in it`, a.FileName))
	}
	limit, err := s.sizeLimit(a, service)
	if err != nil {
		return 0, err
	}
	return limit, checkLength(
		"FileName", a.FileName, "Name", a.Name, "AttachmentTypeName", a.Type, "EndUserSystemReference", a.Reference)
}

func (s *Server) sizeLimit(a attachment, service Service) (int64, error) {
	limit := s.options.Limits.Attachment
	rules := s.rules(service)
	switch {
	case len(rules) > 0:
		rule, err := findRule(rules, a)
		return lower(rule.MaxSize, limit), err
	case s.options.Attachments == nil && s.options.Services == nil:
		return limit, nil
	}
	return lower(attachmentPlain, limit), nil
}

// lower is the lower of a rule's limit, where 0 is none, and the server's, where only a negative one is none.
func lower(limit, most int64) int64 {
	if limit <= 0 || most >= 0 && most < limit {
		return most
	}
	return limit
}

// findRule finds the rule for an attachment's type, whose name may be in any case, and applies it to the file's name.
func findRule(rules []AttachmentRule, a attachment) (AttachmentRule, error) {
	i := slices.IndexFunc(rules, func(r AttachmentRule) bool { return strings.EqualFold(r.Type, a.Type) })
	if i < 0 {
		return AttachmentRule{}, unreadable(fmt.Errorf("the service has no attachment type %.80q", a.Type))
	}
	extension := path.Ext(a.FileName)
	allowed := rules[i].Extensions
	if len(allowed) > 0 && !slices.ContainsFunc(allowed, func(e string) bool { return strings.EqualFold(e, extension) }) {
		return rules[i], unreadable(fmt.Errorf("FileName %.80q does not end in one of %q", a.FileName, allowed))
	}
	return rules[i], nil
}

// mayAttach refuses more attachments than a form task may have. there are those that it has.
func (s *Server) mayAttach(service Service, there []attachment, more ...attachment) error {
	all := append(slices.Clone(there), more...)
	if len(all) > attachmentsMost {
		return unreadable(fmt.Errorf("a form task can have %d attachments, and this would be more", attachmentsMost))
	}
	for _, rule := range s.rules(service) {
		if n := count(all, rule.Type); rule.Max > 0 && n > rule.Max && count(more, rule.Type) > 0 {
			return unreadable(fmt.Errorf("there can be %d attachments of type %s, and this would be more", rule.Max, rule.Type))
		}
	}
	return nil
}

// mayComplete refuses a form task that lacks attachments.
func (s *Server) mayComplete(service Service, there []attachment) error {
	for _, rule := range s.rules(service) {
		if n := count(there, rule.Type); n < rule.Min {
			fault := altinnFault(soap.CodeNotCompleted)
			fault.Altinn.Localized = fmt.Sprintf("There must be %d attachments of type %s, and there are %d", rule.Min, rule.Type, n)
			return fault
		}
	}
	return nil
}

func count(all []attachment, typeName string) int {
	n := 0
	for _, a := range all {
		if strings.EqualFold(a.Type, typeName) {
			n++
		}
	}
	return n
}

// check refuses rules that cannot be meant.
func (r AttachmentRule) check() error {
	switch {
	case r.Type == "":
		return errors.New("an attachment rule has no Type")
	case r.Min < 0, r.Max < 0, r.Max > 0 && r.Max < r.Min:
		return fmt.Errorf("the attachment rule %s: one of its numbers is negative, or Max is below Min", r.Type)
	}
	for _, extension := range r.Extensions {
		if path.Ext(extension) != extension || extension == "" {
			return fmt.Errorf("the attachment rule %s: %q is not the end of a file's name, as \".pdf\" is", r.Type, extension)
		}
	}
	return nil
}
