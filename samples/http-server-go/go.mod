module http-server-go

go 1.19
