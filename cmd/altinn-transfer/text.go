package main

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// visible makes text of the far side safe to show: what would move a cursor, forge a line or turn the reading direction is
// written as an escape.
func visible(s string) string {
	if !strings.ContainsFunc(s, hidden) && !strings.ContainsRune(s, '\uFFFD') {
		return s
	}
	quoted := strconv.Quote(s)
	return strings.NewReplacer(`\"`, `"`, `\\`, `\`).Replace(quoted[1 : len(quoted)-1])
}

// isText reports whether s arrives as it is: XML has no control characters, and what is not UTF-8 is replaced without a word.
func isText(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) && r != '\t' })
}

func hidden(r rune) bool { return !strconv.IsPrint(r) }

// shellWord writes a word so that a shell reads it as it is.
func shellWord(s string) string {
	const plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789@%+=:,./_-"
	if s != "" && strings.Trim(s, plain) == "" {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// shellLine writes words as one command line.
func shellLine(words []string) string {
	quoted := make([]string, len(words))
	for i, word := range words {
		quoted[i] = shellWord(word)
	}
	return strings.Join(quoted, " ")
}

// count writes a number with its noun: "1 file", "2 files".
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}

// wrapped breaks a text between words into lines of so many columns. The first begins in column at, the others with the
// indent. A word that is too long stays whole.
func wrapped(text string, at int, indent string, columns int) string {
	var b strings.Builder
	for i, word := range strings.Fields(text) {
		n := utf8.RuneCountInString(word)
		switch {
		case i == 0:
		case at+1+n > columns:
			b.WriteString("\n" + indent)
			at = len(indent)
		default:
			b.WriteByte(' ')
			at++
		}
		b.WriteString(word)
		at += n
	}
	return b.String() + "\n"
}
