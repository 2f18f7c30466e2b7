# String literals, interpolation and the builtins on strings.
{
  plain = "abc";
  escapes = "tab\tnewline\nreturn\rquote\"backslash\\dollar\${x}";
  unknownEscape = "\a\q";
  dollarAlone = "a$b $ $$";
  dollarDollarBrace = "$${x}";
  dollarEscaped = "\${x}";
  interpolation = let x = "v"; in "a${x}b";
  interpolationExpression = "${if true then "y" else "n"}";
  interpolationNested = let x = "q"; in "a${"b${x}c"}d";
  interpolationSetToString = "${{ __toString = self: "t${self.n}"; n = "1"; }}";
  interpolationOutPath = "${{ outPath = "/out"; }}/bin";
  newlineInside = "a
b";
  crlfBecomesNewline = builtins.stringLength "a\r\nb";
  emptyString = "";
  unicode = "héllo ✓";
  uri = https://example.org/a?b=c;
  uriColon = builtins.typeOf x:y;
  indented = ''
    first
      second
    third
  '';
  indentedNoFinalNewline = ''
    a
    b'';
  indentedEmptyLines = ''
    a

    b
  '';
  indentedBlankLineShorter = ''
      a
   
      b
  '';
  indentedFirstLine = ''x
    y
  '';
  indentedOneLine = ''  spaced '';
  indentedEscapeQuotes = '' a ''' b '';
  indentedEscapeDollar = '' ''${x} '';
  indentedDollarDollar = '' $${x} '';
  indentedEscapes = ''a''\nb''\tc'';
  indentedBackslash = ''a\nb'';
  indentedInterpolation = let x = "v"; in ''
    a ${x}
      b ${x}
  '';
  indentedInterpolationMultiline = let x = "1\n  2"; in ''
    <${x}>
  '';
  indentedTabs = ''
	tab
	  more
  '';
  indentedOnlyInterpolation = let x = "v"; in ''
    ${x}
  '';
  indentedClosingDeeper = ''
    a
      '';
  indentedDedentStops = ''
      a
    b
        c
  '';
  indentedEmpty = '''';
  indentedSingleQuote = ''it's'';
  indentedQuoteBeforeEnd = ''a'b"c'';
  indentedInterpolationAtIndent = let x = ""; in ''
      ${x}a
    b
  '';
  lengthAscii = builtins.stringLength "hello";
  lengthUnicode = builtins.stringLength "é✓😀";
  lengthEmpty = builtins.stringLength "";
  substringMiddle = builtins.substring 1 3 "abcdef";
  substringPastEnd = builtins.substring 4 10 "abcdef";
  substringBeyond = builtins.substring 10 2 "abc";
  substringNegativeLength = builtins.substring 2 (-1) "abcdef";
  substringZero = builtins.substring 2 0 "abc";
  substringUnicode = builtins.substring 0 2 "éa";
  substringUnicodeRest = builtins.substring 2 (-1) "é✓x";
  concatSep = builtins.concatStringsSep ", " [ "a" "b" "c" ];
  concatSepEmptyList = builtins.concatStringsSep "," [ ];
  concatSepOne = builtins.concatStringsSep "," [ "x" ];
  concatSepEmptySep = builtins.concatStringsSep "" [ "a" "" "b" ];
  concatSepOutPath = builtins.concatStringsSep ":" [ { outPath = "/x"; } "y" ];
  replaceOne = builtins.replaceStrings [ "a" ] [ "b" ] "banana";
  replaceMany = builtins.replaceStrings [ "oo" "a" ] [ "a" "oo" ] "foobar";
  replaceFirstWins = builtins.replaceStrings [ "a" "ab" ] [ "1" "2" ] "ab";
  replaceLongFirst = builtins.replaceStrings [ "ab" "a" ] [ "2" "1" ] "aba";
  replaceEmptyPattern = builtins.replaceStrings [ "" ] [ "-" ] "abc";
  replaceEmptyPatternMixed = builtins.replaceStrings [ "b" "" ] [ "B" "." ] "abc";
  replaceEmptyText = builtins.replaceStrings [ "" ] [ "X" ] "";
  replaceNothing = builtins.replaceStrings [ "z" ] [ "y" ] "abc";
  replaceNoRescan = builtins.replaceStrings [ "a" ] [ "aa" ] "aa";
  replaceUnicode = builtins.replaceStrings [ "é" ] [ "e" ] "été";
  replaceToEmpty = builtins.replaceStrings [ " " ] [ "" ] "a b c";
  toStringInt = toString 42;
  toStringNegative = toString (-1);
  toStringFloat = toString 1.5;
  toStringFloatWhole = toString 2.0;
  toStringFloatSmall = toString 0.0000001;
  toStringTrue = toString true;
  toStringFalse = toString false;
  toStringNull = toString null;
  toStringList = toString [ 1 "a" true null [ 2 3 ] ];
  toStringEmptyList = toString [ ];
  toStringListEmptyInner = toString [ [ ] "a" ];
  toStringPath = toString /a/b;
  toStringSet = toString { __toString = _: "s"; };
  toStringOutPath = toString { outPath = "/o"; };
  toStringOutPathNested = toString { outPath = { __toString = _: "deep"; }; };
  splitSpaces = builtins.split " " "a b c";
  splitGroups = builtins.split "(a)b" "abc";
  splitNothing = builtins.split "x" "abc";
  splitEmptyText = builtins.split "x" "";
  splitGroupsOptional = builtins.split "(a)|b" "abc";
  splitEmptyMatches = builtins.split "x*" "axb";
  splitClass = builtins.split "([[:upper:]]+)" " FOO bar ";
  splitAtEnds = builtins.split "," ",a,";
  splitNested = builtins.split "((a)(b)?)" "aab";
  splitDot = builtins.split "\\." "1.2.3";
  splitNewline = builtins.split "\n" "a\nb\n";
  splitAnchor = builtins.split "^a" "aaa";
  splitEndAnchor = builtins.split "a$" "aaa";
  splitUnicode = builtins.split "é" "aéb";
  matchYes = builtins.match "ab" "abc";
  matchWhole = builtins.match "abc" "abc";
  matchGroup = builtins.match "a(b)c" "abc";
  matchGroups = builtins.match "([a-z]+)-([0-9]+)" "abc-123";
  matchOptionalGroup = builtins.match "a(b)?c" "ac";
  matchAlternatives = builtins.match "(a|ab)(c|bcd)(d*)" "abcd";
  matchStar = builtins.match "(a*)b" "aaab";
  matchLazyLooking = builtins.match "(.*)(b+)" "aabbb";
  matchNestedStar = builtins.match "(a*)*" "aa";
  matchNestedStarEmpty = builtins.match "(a*)*" "";
  matchRepeatedGroup = builtins.match "(ab|c)*" "abcab";
  matchInterval = builtins.match "a{2,3}" "aaa";
  matchIntervalExact = builtins.match "a{2}" "aaa";
  matchIntervalOpen = builtins.match "a{2,}(b?)" "aaaa";
  matchIntervalZero = builtins.match "a{0}b" "b";
  matchClassDigit = builtins.match "[[:digit:]]+" "123";
  matchClassSpace = builtins.match "[[:space:]]*(x)[[:space:]]*" " \t\nx ";
  matchClassAlnum = builtins.match "[[:alnum:],._+:@%/-]+" "a.b-c/d@e";
  matchClassNegated = builtins.match "[^[:space:]]+" "abc";
  matchClassBracket = builtins.match "[]a]+" "]a]";
  matchClassBracketNegated = builtins.match "[^]]+" "abc";
  matchClassDashEnd = builtins.match "[a-]+" "a-a";
  matchClassRange = builtins.match "[b-d]+" "bcd";
  matchClassBackslash = builtins.match "[\\.]+" "\\.";
  matchClassCaret = builtins.match "[a^]+" "^a";
  matchDotNewline = builtins.match "a.b" "a\nb";
  matchAnchors = builtins.match "^a$" "a";
  matchEscapedStar = builtins.match "a\\*" "a*";
  matchEscapedDot = builtins.match "1\\.2" "1x2";
  matchEmptyPattern = builtins.match "" "";
  matchEmptyPatternNo = builtins.match "" "a";
  matchEmptyAlternative = builtins.match "(|a)b" "ab";
  matchBraceLiteral = builtins.match "a}" "a}";
  matchSlashes = builtins.match "/dev/(disk/by-[a-z]+/)?(.+)" "/dev/disk/by-label/root";
  matchNoBacktrackingBlowUp = builtins.match "(a+)+b" "aaaaaaaaaaaaaaaa";
  matchPosixXdigit = builtins.match "[[:xdigit:]]{4}" "BeEf";
  matchMultiByteDot = builtins.match ".." "é";
  matchKeepsText = builtins.match "(.*)/([^/]*)" "a/b/c";
  matchPunct = builtins.match "[[:punct:]]+" "!?.";
  baseNamePath = baseNameOf /a/b.txt;
  baseNameString = baseNameOf "a/b/c";
  baseNameSlash = baseNameOf "a/b/";
  baseNameNone = baseNameOf "abc";
  baseNameRoot = baseNameOf "/";
  dirOfString = dirOf "a/b/c";
  dirOfNone = dirOf "abc";
  dirOfRoot = dirOf "/abc";
  dirOfPath = toString (dirOf /a/b/c);
  dirOfPathRoot = toString (dirOf /a);
  toPathNormalises = builtins.toPath "/a/../b/./c";
  pathLiteralNormalised = toString /a/../b/./c;
  pathInterpolation = let x = "b"; in toString /a/${x}/c;
  pathInterpolationEnd = let x = "b"; in toString (/a + "/${x}");
  pathTypeOf = builtins.typeOf ./.;
  pathRelativeUp = toString ./../x == toString ./. + "/../x";
  hasContext = builtins.hasContext "abc";
  getContext = builtins.getContext "abc";
  discardContext = builtins.unsafeDiscardStringContext "abc";
  appendContext = builtins.appendContext "abc" { };
}
