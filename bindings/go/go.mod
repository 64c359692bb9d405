module osv

go 1.19
