import type { Language } from "web-tree-sitter";

/** The grammar's node types that lowering tells apart. */
const names = [
  "source_code",
  "comment",
  "ERROR",
  "identifier",
  "variable_expression",
  "integer_expression",
  "float_expression",
  "path_fragment",
  "path_expression",
  "hpath_expression",
  "spath_expression",
  "uri_expression",
  "string_expression",
  "indented_string_expression",
  "interpolation",
  "function_expression",
  "formals",
  "formal",
  "ellipses",
  "assert_expression",
  "with_expression",
  "let_expression",
  "if_expression",
  "has_attr_expression",
  "unary_expression",
  "binary_expression",
  "apply_expression",
  "select_expression",
  "parenthesized_expression",
  "attrset_expression",
  "let_attrset_expression",
  "rec_attrset_expression",
  "binding_set",
  "binding",
  "inherit",
  "inherit_from",
  "attrpath",
  "inherited_attrs",
  "list_expression",
] as const;

export type NodeType = (typeof names)[number];

/** The node type of every type id of the language; `undefined` for punctuation and the like. */
export function nodeTypes(language: Language): readonly (NodeType | undefined)[] {
  const known = new Set<string>(names);
  const table: (NodeType | undefined)[] = [];
  for (let id = 0; id < language.types.length; id++) {
    const type = language.nodeTypeForId(id);
    // Aliases have ids of their own with the same name; anonymous tokens such as `inherit` are no nodes.
    if (type !== null && known.has(type) && language.nodeTypeIsNamed(id)) table[id] = type as NodeType;
  }
  return table;
}
