package pg

import (
	"context"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/netip"
	"slices"
	"strings"
	"syscall"

	"github.com/lib/pq"

	"bangkom/internal/advice"
)

// unreachable is a failure to connect that prints nothing of the address. A
// password with a # or a / in it ends where the host, the port, the user or the
// name of the database is expected, and each of these stands in what the system,
// the resolver and the server say.
type unreachable struct{ err error }

// Error says why in words of this program.
func (u unreachable) Error() string { return "connect: " + u.cause().Error() }

// Unwrap gives the original to errors.Is and errors.As; it is never printed.
func (u unreachable) Unwrap() error { return u.err }

// As gives the sentence to errors.As.
func (u unreachable) As(target any) bool {
	s, ok := target.(**advice.Sentence)
	if ok {
		*s = u.cause()
	}
	return ok
}

func (u unreachable) cause() *advice.Sentence {
	var (
		pe      *pq.Error
		dns     *net.DNSError
		address *net.AddrError
		name    x509.HostnameError
		unknown x509.UnknownAuthorityError
		invalid x509.CertificateInvalidError
		errno   syscall.Errno
		ne      net.Error
	)
	switch err := u.err; {
	case errors.As(err, &pe):
		return refusal(pe)
	case errors.Is(err, context.Canceled):
		return advice.New("check.canceled", "%w", context.Canceled)
	case errors.Is(err, context.DeadlineExceeded):
		return advice.New("check.no_answer", "%w: no answer in time; is the port open from this machine", context.DeadlineExceeded)
	case errors.As(err, &dns) && dns.IsNotFound, errors.As(err, &address):
		return advice.New("check.no_host", "there is no such host; a special character in a password must be written as %%23 for #, %%2F for /, %%3F for ?, %%40 for @")
	case errors.As(err, &name):
		return advice.New("check.other_name", "the certificate of the server is for another name (sslmode): name the server as its certificate does")
	case errors.As(err, &unknown), errors.As(err, &invalid):
		return advice.New("check.untrusted", "the certificate of the server cannot be trusted (sslrootcert): name the file of the authority that signed it")
	case errors.Is(err, pq.ErrSSLNotSupported):
		return advice.New("check.no_tls", "the server does not offer TLS (sslmode): switch it on there (ssl = on), "+
			"or end the address with ?sslmode=disable where nobody else is on the way")
	case errors.As(err, &ne) && ne.Timeout():
		return advice.New("check.no_answer_port", "no answer in time; is the port open from this machine")
	case errors.Is(err, syscall.ECONNREFUSED):
		return advice.New("check.nobody_listens", "connection refused: nothing listens at this host and port, or only for other machines (listen_addresses)")
	case errors.As(err, &errno):
		return advice.New("check.system", "%w", errno)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return advice.New("check.closed", "the server has closed the connection")
	}
	return advice.New("check.not_understood", "the server was not reached, or did not understand")
}

// refusal is what the server said, without the names that it repeats.
func refusal(e *pq.Error) *advice.Sentence {
	switch e.Code {
	case "28P01":
		return advice.New("check.password", "postgres 28P01, user or password is refused; a %% of the password is written %%25 in an address")
	case "28000":
		return advice.New("check.not_let_in", "postgres 28000, user or password is refused: pg_hba.conf of the server does not let this login in from here, or only with TLS (sslmode)")
	case "3D000":
		return advice.New("check.no_database", "postgres 3D000, there is no such database: make it (docs/operations.md), or mend its name")
	case "53300":
		return advice.New("check.many_connections", "postgres 53300, too many connections: raise max_connections of the server, or lower database.max_open")
	case "57P03":
		return advice.New("check.starting", "postgres 57P03, the server is starting or stopping: try again in a moment")
	}
	return advice.New("check.postgres", "postgres %s", string(e.Code))
}

// VerifiesServer tells whether an address of the database is safe on the way: it
// leads to this machine, or TLS proves that the server is the one that was meant.
// An address that cannot be read leads nowhere.
func VerifiesServer(address string) bool {
	cfg, err := pq.NewConfig(address)
	if err != nil || cfg.SSLMode == pq.SSLModeVerifyFull {
		return true
	}
	hosts := append([]pq.ConfigMultihost{{Host: cfg.Host, Hostaddr: cfg.Hostaddr}}, cfg.Multi...)
	return !slices.ContainsFunc(hosts, func(h pq.ConfigMultihost) bool { return !onThisMachine(h) })
}

func onThisMachine(h pq.ConfigMultihost) bool {
	if h.Hostaddr.IsValid() {
		return h.Hostaddr.IsLoopback()
	}
	ip, err := netip.ParseAddr(strings.Trim(h.Host, "[]"))
	return h.Host == "" || h.Host == "localhost" || h.Host[0] == '/' || h.Host[0] == '@' || err == nil && ip.IsLoopback()
}
