module pgsurge/forwarder

go 1.24
