package pg

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/lib/pq"
)

func TestUnreachableSaysWhy(t *testing.T) {
	tests := []struct {
		err  error
		want string
	}{
		{&pq.Error{Code: "28P01", Message: "user x"}, "28P01, user or password is refused"},
		{&pq.Error{Code: "3D000"}, "no such database"},
		{&pq.Error{Code: "53300"}, "too many connections"},
		{&pq.Error{Code: "57P03"}, "starting"},
		{&pq.Error{Code: "0A000"}, "postgres 0A000"},
		{&net.OpError{Op: "dial", Err: &net.DNSError{Name: "x", IsNotFound: true}}, "%23 for #"},
		{&net.OpError{Op: "dial", Err: &net.AddrError{Addr: "x"}}, "no such host"},
		{&net.OpError{Op: "dial", Err: &net.DNSError{Name: "x", IsTimeout: true}}, "no answer in time"},
		{&net.OpError{Op: "read", Err: os.ErrDeadlineExceeded}, "no answer in time"},
		{&net.OpError{Op: "dial", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}, "connection refused"},
		{&os.PathError{Op: "open", Path: "x", Err: syscall.ENOENT}, "no such file or directory"},
		{x509.HostnameError{Certificate: &x509.Certificate{}, Host: "x"}, "another name"},
		{x509.UnknownAuthorityError{}, "cannot be trusted"},
		{x509.CertificateInvalidError{}, "cannot be trusted"},
		{pq.ErrSSLNotSupported, "does not offer TLS"},
		{io.ErrUnexpectedEOF, "closed the connection"},
		{context.DeadlineExceeded, "context deadline exceeded"},
		{context.Canceled, "context canceled"},
		{errors.New("x"), "not reached"},
	}
	for _, tt := range tests {
		err := error(unreachable{fmt.Errorf("x: %w", tt.err)})
		if !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "x:") || !errors.Is(err, tt.err) {
			t.Errorf("%T: %q, want %q, and the original behind it", tt.err, err, tt.want)
		}
	}
}

func TestVerifiesServer(t *testing.T) {
	for address, want := range map[string]bool{
		"postgres://u@127.0.0.1/d":                               true,
		"postgres://u@127.0.0.9/d?sslmode=disable":               true,
		"postgres://u@[::1]/d":                                   true,
		"postgres://u@localhost/d":                               true,
		"postgres:///d?host=/var/run/postgresql":                 true,
		"dbname=d user=u":                                        true,
		"host=/tmp dbname=d":                                     true,
		"postgres://u@10.0.0.5/d?sslmode=verify-full":            true,
		"postgres://u@10.0.0.5/d":                                false,
		"postgres://u@db.example/d?sslmode=require":              false,
		"postgres://u@db.example/d?sslmode=verify-ca":            false,
		"host=10.0.0.5 dbname=d sslmode=disable":                 false,
		"host=localhost hostaddr=10.0.0.5 dbname=d":              false,
		"host=127.0.0.1,10.0.0.5 dbname=d sslmode=require":       false,
		"host=10.0.0.4,10.0.0.5 dbname=d sslmode=verify-full":    true,
		"postgres://u@127.example/d?sslmode=prefer":              false,
		"postgres://u@localhost.example.org/d?sslmode=verify-ca": false,
	} {
		if got := VerifiesServer(address); got != want {
			t.Errorf("VerifiesServer(%s) = %t, want %t", address, got, want)
		}
	}
}
