-- Neovim as a client of the language server, without a screen. Prints one line of JSON for each step.
-- The task comes as JSON in CHECK_TASK: { server = {...}, folder, file, line, character, code, fix, storeLine, store, snippet }.
local task = vim.json.decode(vim.env.CHECK_TASK)
local patience = 20000

local function say(step)
  io.stdout:write(vim.json.encode(step), "\n")
  io.stdout:flush()
end

local function give_up(reason)
  say({ step = "failed", reason = reason })
  vim.cmd("cquit 1")
end

local function wait(what, condition)
  if not vim.wait(patience, condition, 20) then
    give_up("there was no " .. what)
  end
end

vim.cmd("edit " .. vim.fn.fnameescape(task.folder .. "/" .. task.file))
local buffer = vim.api.nvim_get_current_buf()
vim.bo[buffer].filetype = "nix"

local id = vim.lsp.start_client({
  name = "nix-impermanence",
  cmd = task.server,
  root_dir = task.folder,
  settings = { impermanence = { remote = { sshConfigFile = task.sshConfigFile } } },
  on_init = function(client)
    client.notify("workspace/didChangeConfiguration", { settings = client.config.settings })
  end,
  get_language_id = function()
    return "nix"
  end,
})
if not id then
  give_up("the server did not start")
end
vim.lsp.buf_attach_client(buffer, id)
local client = vim.lsp.get_client_by_id(id)
wait("answer to initialize", function()
  return client.initialized
end)

-- Columns of vim.diagnostic count bytes; what the server sent stands in user_data.
local function diagnostics()
  return vim.tbl_map(function(diagnostic)
    local sent = diagnostic.user_data and diagnostic.user_data.lsp or {}
    return { code = sent.code, line = diagnostic.lnum, character = diagnostic.col, message = diagnostic.message }
  end, vim.diagnostic.get(buffer))
end

local function request(method, params)
  local answers = vim.lsp.buf_request_sync(buffer, method, params, patience)
  local answer = answers and answers[id]
  if not answer or answer.err then
    give_up(method .. " was not answered: " .. vim.inspect(answer))
  end
  return answer.result
end

wait("diagnostics", function()
  return #vim.diagnostic.get(buffer) > 0
end)
say({ step = "diagnostics", diagnostics = diagnostics() })

local position = { line = task.line, character = task.character }
local document = { uri = vim.uri_from_bufnr(buffer) }
local at_place = vim.tbl_filter(function(diagnostic)
  return diagnostic.code == task.code
end, vim.lsp.diagnostic.get_line_diagnostics(buffer, task.line))
local actions = request("textDocument/codeAction", {
  textDocument = document,
  range = { start = position, ["end"] = position },
  context = { diagnostics = at_place, only = { "quickfix" } },
}) or {}
local chosen
for _, action in ipairs(actions) do
  if action.title == task.fix then
    chosen = action
  end
end
if not chosen then
  give_up("no action is called " .. task.fix .. ": " .. vim.inspect(actions))
end
if not chosen.edit then
  chosen = request("codeAction/resolve", chosen)
end
vim.lsp.util.apply_workspace_edit(chosen.edit, client.offset_encoding)

wait("end of the finding", function()
  for _, diagnostic in ipairs(diagnostics()) do
    if diagnostic.code == task.code and diagnostic.line == task.line then
      return false
    end
  end
  return true
end)
say({ step = "fixed", diagnostics = diagnostics(), lines = vim.api.nvim_buf_get_lines(buffer, 0, -1, false) })

-- A store with one entry, which is completed as Neovim does it by itself.
vim.api.nvim_buf_set_lines(buffer, task.storeLine, task.storeLine, false, { task.store })
local column = task.store:find('""', 1, true)
vim.api.nvim_win_set_cursor(0, { task.storeLine + 1, column })
local offered = request("textDocument/completion", vim.lsp.util.make_position_params(0, client.offset_encoding))
local words = vim.lsp.util.text_document_completion_list_to_complete_items(offered, "")
say({ step = "completed", words = vim.tbl_map(function(item)
  return item.word
end, words) })

-- What docs/editors.md says of hosts, as it stands there, on the host that the task names.
if task.snippet then
  vim.lsp.handlers["window/showMessageRequest"] = function(_, params)
    say({ step = "asked", message = params.message })
    -- Where the name leads first, then what allows it.
    return params.actions[#params.actions - 1]
  end
  local printed
  local print_before = print
  print = function(text)
    printed = text
  end
  assert(loadstring(task.snippet))()
  wait("answer of the host", function()
    return printed ~= nil
  end)
  print = print_before
  say({ step = "host", printed = printed })
end

client.stop()
wait("end of the server", function()
  return client.is_stopped()
end)
say({ step = "stopped" })
vim.cmd("qall!")
