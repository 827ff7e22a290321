// Package proof shows what the program promises, with figures: drills, in which
// people answer while something goes wrong, and benchmarks beside a floor. Tests
// run the short drills, `bangkom drill` and `bangkom bench` the rest.
//
// People play their conversations against the strict stand-in for Telegram, the
// program runs as processes of its own against a private Postgres, and at the
// end the books (the database) are compared with what was pressed and seen. A
// person presses once and waits, so what is lost stays lost and is counted.
package proof
