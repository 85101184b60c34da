package main

import (
	"strings"

	"github.com/beevik/etree"
)

// bringPrefixes declares the prefixes on an element that it uses and the elements around it declare, so that it can stand alone.
func bringPrefixes(el *etree.Element) {
	for around := el.Parent(); around != nil; around = around.Parent() {
		for _, attr := range around.Attr {
			if attr.Space == "xmlns" && el.SelectAttr(attr.FullKey()) == nil && usesPrefix(el, attr.Key) {
				el.CreateAttr(attr.FullKey(), attr.Value)
			}
		}
	}
}

// usesPrefix looks for a prefix in names, and in values that may be names (xsi:type).
func usesPrefix(el *etree.Element, prefix string) bool {
	if el.Space == prefix || strings.HasPrefix(el.Text(), prefix+":") {
		return true
	}
	for _, attr := range el.Attr {
		if attr.Space == prefix || strings.HasPrefix(attr.Value, prefix+":") {
			return true
		}
	}
	for _, c := range el.ChildElements() {
		if usesPrefix(c, prefix) {
			return true
		}
	}
	return false
}
