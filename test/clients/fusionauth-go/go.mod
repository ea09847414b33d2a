module rollcall.test/fusionauth-go

go 1.25.0

require (
	github.com/FusionAuth/go-client v1.68.0
	rollcall.test/checks v0.0.0
)

replace rollcall.test/checks => ../support/go
