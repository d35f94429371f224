"""A USTP network on this machine: three ledgers, three gateways, an authority, banks. For the demonstration and the
end-to-end tests; standard library only."""
