{ n = 1; list = [ "a" ]; }
