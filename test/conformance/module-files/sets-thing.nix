{ thing = [ "from a file" ]; }
