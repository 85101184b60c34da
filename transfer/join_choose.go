package transfer

import (
	"context"
	"errors"
)

// choose picks one shipment of each segment. Where a segment came more than once, the manifests are looked at: the first
// content that is there whole is taken, and other shipments of the same content are confirmed with it. What is left belongs
// to another content under the same reference, and waits for the next run.
func (j *joined) choose(ctx context.Context) error {
	if j.chosen != nil {
		return nil
	}
	if j.group.total == j.group.count {
		for number := 1; number <= j.group.count; number++ {
			j.chosen = append(j.chosen, segment{number, j.group.waiting[number][0]})
		}
		return nil
	}
	var contents []*content
	for number := 1; number <= j.group.count; number++ {
		for _, file := range j.group.waiting[number] {
			claims, err := j.peek(ctx, segment{number, file})
			if isLie(err) {
				continue // it is no segment of any file
			}
			if err != nil {
				return err
			}
			contents = sorted(contents, segment{number, file}, claims)
		}
	}
	for _, c := range contents {
		if len(c.chosen) == j.group.count {
			j.chosen, j.spare = c.chosen, c.spare
			j.result.Segments = len(j.chosen) + len(j.spare)
			return nil
		}
	}
	return j.refuse(errors.New("segments came more than once, and no content is there whole"))
}

func (j *joined) peek(ctx context.Context, s segment) (claims segmentClaims, err error) {
	err = j.opened(ctx, s, func(_ *segmentPackage, c segmentClaims) error {
		claims = c
		return nil
	})
	return claims, err
}

// content are the shipments of one content, by their own word.
type content struct {
	whole  wholeClaims
	digest string // of the segment that was met last
	chosen []segment
	spare  []segment
}

// sorted puts a shipment where it belongs. They come in the order of their numbers.
func sorted(contents []*content, s segment, claims segmentClaims) []*content {
	for _, c := range contents {
		if c.whole != claims.whole {
			continue
		}
		switch last := len(c.chosen); {
		case last == s.number-1:
			c.chosen, c.digest = append(c.chosen, s), claims.sha256
		case last == s.number && c.digest == claims.sha256:
			c.spare = append(c.spare, s)
		}
		return contents
	}
	if s.number != 1 {
		return contents // its first segment is not there
	}
	return append(contents, &content{whole: claims.whole, digest: claims.sha256, chosen: []segment{s}})
}
