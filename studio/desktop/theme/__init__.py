"""How the window looks: one token table, a palette and a sheet made from it, fonts and icons."""
