lib:
let
  inherit (builtins)
    concatMap
    elem
    elemAt
    filter
    genList
    head
    isList
    length
    tail
    ;
  atLeastZero = n: if n < 0 then 0 else n;
in
rec {
  inherit (builtins)
    all
    any
    concatLists
    concatMap
    elem
    elemAt
    filter
    foldl'
    genList
    groupBy
    head
    isList
    length
    map
    partition
    sort
    tail
    ;

  singleton = x: [ x ];
  forEach = list: f: map f list;
  foldr =
    f: start: list:
    let
      count = length list;
      go = n: if n == count then start else f (elemAt list n) (go (n + 1));
    in
    go 0;
  fold = foldr;
  foldl =
    f: start: list:
    let
      go = n: if n < 0 then start else f (go (n - 1)) (elemAt list n);
    in
    go (length list - 1);

  imap0 = f: list: genList (n: f n (elemAt list n)) (length list);
  concatAttrValues = set: builtins.concatLists (builtins.attrValues set);
  imap1 = f: list: genList (n: f (n + 1) (elemAt list n)) (length list);
  ifilter0 = test: list: builtins.concatLists (imap0 (i: x: if test i x then [ x ] else [ ]) list);

  flatten = x: if isList x then concatMap flatten x else [ x ];
  toList = x: if isList x then x else [ x ];
  optional = condition: x: if condition then [ x ] else [ ];
  optionals = condition: list: if condition then list else [ ];
  condConcat =
    first: list: test:
    builtins.foldl' (done: x: if test x then done ++ [ x ] else done) first list;

  remove = x: filter (other: other != x);
  unique = builtins.foldl' (done: x: if elem x done then done else done ++ [ x ]) [ ];
  uniqueStrings = list: builtins.attrNames (builtins.groupBy (x: x) list);
  allUnique = list: length (unique list) == length list;
  subtractLists = gone: filter (x: !(elem x gone));
  intersectLists = wanted: filter (x: elem x wanted);
  mutuallyExclusive = a: b: !(builtins.any (x: elem x a) b);

  findSingle =
    test: none: many: list:
    let
      found = filter test list;
    in
    if found == [ ] then
      none
    else if length found == 1 then
      head found
    else
      many;
  findFirstIndex =
    test: default: list:
    let
      count = length list;
      go =
        n:
        if n == count then
          default
        else if test (elemAt list n) then
          n
        else
          go (n + 1);
    in
    go 0;
  findFirst =
    test: default: list:
    let
      index = findFirstIndex test null list;
    in
    if index == null then default else elemAt list index;
  count = test: list: length (filter test list);

  range = first: last: if first > last then [ ] else genList (n: first + n) (last - first + 1);
  replicate = n: x: genList (_: x) n;
  reverseList =
    list:
    let
      count = length list;
    in
    genList (n: elemAt list (count - n - 1)) count;
  sublist =
    start: n: list:
    let
      left = length list - start;
    in
    genList (i: elemAt list (start + i)) (if left < 0 then 0 else if n > left then left else n);
  take = n: sublist 0 (atLeastZero n);
  takeEnd = n: list: lib.drop (atLeastZero (length list - n)) list;
  drop = n: list: sublist n (length list) list;
  dropEnd = n: list: take (length list - n) list;
  last =
    list:
    if list == [ ] then throw "lists.last: list must not be empty!" else elemAt list (length list - 1);
  init =
    list:
    if list == [ ] then throw "lists.init: list must not be empty!" else take (length list - 1) list;
  replaceElemAt =
    list: index: new:
    if index < 0 || index >= length list then
      throw "lists.replaceElemAt: there is no element ${toString index}"
    else
      imap0 (i: old: if i == index then new else old) list;

  hasPrefix = start: list: take (length start) list == start;
  removePrefix =
    start: list:
    if hasPrefix start list then
      drop (length start) list
    else
      throw "lists.removePrefix: the second list does not start with the first";
  commonPrefix =
    a: b:
    let
      most = lib.min (length a) (length b);
      go = n: if n < most && elemAt a n == elemAt b n then go (n + 1) else n;
    in
    take (go 0) a;

  zipListsWith =
    f: a: b:
    genList (n: f (elemAt a n) (elemAt b n)) (lib.min (length a) (length b));
  zipLists = zipListsWith (fst: snd: { inherit fst snd; });
  crossLists = f: builtins.foldl' (fs: args: concatMap (g: map g args) fs) [ f ];

  sortOn =
    key: list:
    map (pair: pair.value) (
      builtins.sort (a: b: a.key < b.key) (
        map (value: {
          inherit value;
          key = key value;
        }) list
      )
    );
  compareLists =
    compare: a: b:
    if a == [ ] then
      (if b == [ ] then 0 else -1)
    else if b == [ ] then
      1
    else
      let
        first = compare (head a) (head b);
      in
      if first == 0 then compareLists compare (tail a) (tail b) else first;
  # Numbers inside the texts count as numbers: "a9" comes before "a10".
  naturalSort =
    list:
    let
      parts = text: map (part: if isList part then lib.toIntBase10 (head part) else part) (builtins.split "(0|[1-9][0-9]*)" text);
      keyed = map (text: {
        inherit text;
        parts = parts text;
      }) list;
      isBefore = a: b: compareLists lib.compare a.parts b.parts < 0;
    in
    map (entry: entry.text) (builtins.sort isBefore keyed);

  groupBy' =
    f: start: key: list:
    builtins.mapAttrs (_: builtins.foldl' f start) (builtins.groupBy key list);

  listDfs =
    stopOnCycles: before: list:
    let
      visit =
        current: visited: rest:
        let
          split = builtins.partition (x: before x current) rest;
          cycles = filter (x: before x current) visited;
          next = visit (head split.right) ([ current ] ++ visited) (tail split.right ++ split.wrong);
        in
        if stopOnCycles && cycles != [ ] then
          {
            cycle = current;
            loops = cycles;
            inherit visited rest;
          }
        else if split.right == [ ] then
          {
            minimal = current;
            inherit visited rest;
          }
        else
          next;
    in
    visit (head list) [ ] (tail list);
  toposort =
    before: list:
    let
      found = listDfs true before list;
      others = toposort before (found.visited ++ found.rest);
    in
    if length list < 2 then
      { result = list; }
    else if found ? cycle then
      {
        cycle = reverseList ([ found.cycle ] ++ found.visited);
        inherit (found) loops;
      }
    else if others ? cycle then
      others
    else
      { result = [ found.minimal ] ++ others.result; };
}
