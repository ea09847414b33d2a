module rollcall.test/checks

go 1.25.0
