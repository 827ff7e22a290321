package personnel

// CodeOfficer is somebody who can give codes to people who have no account yet
// (petugas kepegawaian).
type CodeOfficer struct {
	Officer Employee   // id, name and sex
	Office  bool       // of the personnel office, whose people are not named to others
	People  []Employee // id, name and sex; at least one
}
