package storage

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"
)

// A password that stands where the host, the port, the user or the database is
// expected must not come back in the error.
func TestConnectErrorsPrintNothingOfTheAddress(t *testing.T) {
	const secret = "rahasia"
	f := newFixture(t)
	addresses := map[string]string{
		"as the host":          "postgres://rahasia/db?connect_timeout=5",
		"as the socket":        "host=/var/rahasia dbname=x user=u",
		"as a host and a port": "host=u:rahasia dbname=x connect_timeout=5",
		"as one of two hosts":  "host=/var/rahasia,/tmp/rahasia dbname=x user=u",
		"as the user":          f.as("user", secret),
		"as the database":      f.as("dbname", secret),
		"as the certificate":   "host=127.0.0.1 port=1 sslmode=verify-full sslrootcert=/tmp/rahasia",
		"as the TLS mode":      "host=127.0.0.1 port=1 sslmode=rahasia",
		"as the port":          "host=127.0.0.1 port=rahasia",
	}
	for name, address := range addresses {
		t.Run(name, func(t *testing.T) {
			db, err := Open(Options{URL: address})
			if err == nil {
				t.Cleanup(func() { _ = db.Close() })
				_, stored := db.StoreUpdates(t.Context(), bot, nil)
				err = errors.Join(db.Ping(t.Context()), db.CheckSchema(t.Context()), stored)
			}
			if err == nil || strings.Contains(fmt.Sprintf("%v %+v %q", err, err, err), secret) {
				t.Errorf("error = %v, want one without %q", err, secret)
			}
		})
	}
}

// as is the owner's address with another value.
func (f *fixture) as(name, value string) string {
	if u, err := url.Parse(f.ownerURL); err == nil && u.Scheme != "" {
		if name == "user" {
			u.User = url.User(value)
		} else {
			u.Path = value
		}
		return u.String()
	}
	return f.ownerURL + " " + name + "=" + value
}
