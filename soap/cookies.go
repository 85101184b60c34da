package soap

import (
	"net/http"
	"net/http/cookiejar"
	"slices"
	"sync"
)

// Cookies are what one session was given by the far side and by what stands in front of it, such as a load balancer that must
// find the same machine again. They are never shared between sessions: a mixed-up cookie has locked users out. Safe for
// concurrent use.
type Cookies struct {
	jar http.CookieJar

	mu    sync.Mutex
	known map[cookieKey]bool
}

// cookieKey tells cookies apart.
type cookieKey struct{ name, domain, path string }

// Bounds of what a far side can have a session hold and send with every call. A load balancer sets one cookie or two; 4 KiB is
// what RFC 6265 (section 6.1) asks for.
const (
	maxCookies = 16
	maxCookie  = 4096
)

// NewCookies begins a session with none.
func NewCookies() *Cookies {
	jar, err := cookiejar.New(nil)
	if err != nil {
		panic("soap: make a cookie jar: " + err.Error()) // it has no way to fail without options
	}
	return &Cookies{jar: jar, known: make(map[cookieKey]bool)}
}

func (c *Cookies) send(request *http.Request) {
	if c == nil {
		return
	}
	for _, cookie := range c.jar.Cookies(request.URL) {
		request.AddCookie(cookie)
	}
}

func (c *Cookies) keep(response *http.Response) {
	if c == nil {
		return
	}
	c.jar.SetCookies(response.Request.URL, slices.DeleteFunc(response.Cookies(), c.tooMuch))
}

// tooMuch reports whether a cookie goes beyond the bounds. One that is known may change its value as it likes.
func (c *Cookies) tooMuch(cookie *http.Cookie) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	key := cookieKey{cookie.Name, cookie.Domain, cookie.Path}
	if len(cookie.Raw) > maxCookie || !c.known[key] && len(c.known) == maxCookies {
		return true
	}
	c.known[key] = true
	return false
}
