[ from (toString 5) (builtins.length [ 1 ]) ]
