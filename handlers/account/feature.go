// Package account is how people come to an account and leave it, and what they
// may know of what is stored about them.
package account

import (
	"context"
	"encoding/json"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
)

// Feature is how people come to an account and leave it, and what they may know of
// what is stored about them.
func Feature() feature.Feature[*feature.Env] {
	return feature.Bind(on, feature.Feature[*env]{
		Name: "account",
		Conversations: []feature.Conversation[*env]{
			{Name: linkFlow, Form: func(p *feature.Desk) dialog.Flow[*env] { return at(p).linkForm() }, Transcript: "link", Unlinked: true},
			{Name: phoneFlow, Form: func(p *feature.Desk) dialog.Flow[*env] { return at(p).phoneForm() }, Transcript: "nip", Unlinked: true},
		},
		Commands: []feature.Command[*env]{
			{Name: "start", Place: 10, Unlinked: true, Run: (*env).start, Help: feature.HelpUnlinked, Transcript: "link"},
			{Name: "privasi", Place: 120, Unlinked: true, Run: (*env).privacy, Transcript: "privasi"},
		},
		Buttons: []feature.Button[*env]{
			{Step: "pindah", Run: (*env).decideTakeover},
			{Step: "tolakpindah", Run: (*env).decideTakeover},
			{Step: "salinan", Run: (*env).sendCopy},
			{Step: "pemberitahuan", Run: (*env).noticeAgain},
			{Step: "pembuka", Run: (*env).openings},
			{Step: "lepas", Run: (*env).unlinkSelf},
			{Step: "lepasya", Run: (*env).unlinkSelf},
			{Step: "lepashapus", Run: (*env).unlinkSelf},
			{Step: "lepastdk", Run: (*env).unlinkSelf},
		},
		Menu: []feature.MenuLine{{Row: 10, Column: 1, Label: "privacy", Opens: "privasi"}},
		Copy: feature.OwnKeys("nip", "nama", "jenis_kelamin", "nomor_hp", "jabatan", "kelas_jabatan", "unit_kerja", "atasan_langsung",
			"nomor_akun_telegram", "akun_terhubung_sejak", "percobaan_salah", "persetujuan", "hak", "kode", "pemindahan_akun",
			"pelepasan_diminta", "pesan", "catatan_kejadian", "tindakan_sendiri"),
		Links: []feature.Link{{To: feature.ToLeave, Open: feature.Opens("lepas")}},
		Files: []feature.File{
			{Kind: CopyFile, Name: "data-saya.json", Draw: func(p *feature.Desk, ctx context.Context, data json.RawMessage) ([]byte, error) {
				return at(p).drawCopy(ctx, data, false)
			}},
			{Kind: CopyTextFile, Name: "data-saya.txt", Draw: func(p *feature.Desk, ctx context.Context, data json.RawMessage) ([]byte, error) {
				return at(p).drawCopy(ctx, data, true)
			}},
		},
		Hooks: feature.Hooks[*env]{Contact: (*env).contact, Code: (*env).tryCode},
	})
}
