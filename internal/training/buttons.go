package training

// The names of buttons below messages that the bot starts about trainings; their ref is
// the batch unless it says otherwise. handlers/training answers them.
const (
	CardStep     = "latihan"  // shows the batch
	JoinStep     = "ikut"     // Saya ikut
	LeaveStep    = "halang"   // Berhalangan: asks why; the value is a Cause
	TakeStep     = "ambil"    // takes the seat that was offered
	KeepStep     = "tetap"    // Tetap ikut, after the batch has moved
	PermitStep   = "izin"     // lists the permissions that wait for whoever presses; no ref
	AllowStep    = "izinya"   // Beri izin to all of them: asks, and with a value does it; no ref
	RevokeStep   = "cabut"    // Cabut izin; ref: the enrolment
	LettersStep  = "usulan"   // the people of the officer's units in the batch: surat tugas, izin tertulis
	RunStep      = "panitia"  // the card of whoever runs the batch
	ClaimStep    = "klaim"    // Saya hadir; ref: the session
	OneStep      = "izinsatu" // one permission; ref: the enrolment
	AnnounceStep = "umumkan"  // begins an announcement that carries the batch
)

// Below is the value of CardStep and of others whose card is a message of its own: the
// message with the button stays.
const Below = "b"

// CodeFlow is the conversation that asks for a code of attendance.
const CodeFlow = "hk"
