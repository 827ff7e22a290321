package pg

// OfKind is true of rows whose column kind is k; of is the table or its alias. The
// kind stands in the statement and is no parameter, because a plan that is kept cannot
// use an index of one kind for a parameter. k is a constant of the program: letters
// and underscores.
func OfKind[K ~string](of string, k K) string { return of + ".kind = " + Quoted(k) }

// Quoted is a kind as SQL writes it; see OfKind.
func Quoted[K ~string](k K) string { return "'" + string(k) + "'" }
