package app

import (
	"bytes"
	"testing"
)

func TestDeriveKeys(t *testing.T) {
	one, other := DeriveKeys([]byte("one secret")), DeriveKeys([]byte("another"))
	if one.Fingerprint == other.Fingerprint {
		t.Error("two secrets have the same fingerprint")
	}
	if len(one.Fingerprint) != 8 {
		t.Errorf("fingerprint %q has %d digits, want 8", one.Fingerprint, len(one.Fingerprint))
	}
	if bytes.Equal(one.codes, one.buttons) {
		t.Error("codes and buttons share a key")
	}
	if bytes.Equal(one.HashCode("A"), other.HashCode("A")) || bytes.Equal(one.HashCode("A"), one.HashCode("B")) {
		t.Error("the hash of a code does not depend on both key and code")
	}
	if !bytes.Equal(one.HashCode("A"), DeriveKeys([]byte("one secret")).HashCode("A")) {
		t.Error("the hash of a code is not the same the second time")
	}
}
