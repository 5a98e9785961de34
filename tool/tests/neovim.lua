-- Does with a broken document what a person would, and prints what it sees. The server is in the variable SERVER.

local function wait(what, done)
  if not vim.wait(20000, done, 20) then
    print('waited in vain for ' .. what)
    vim.cmd('cquit')
  end
end

local function line()
  return vim.api.nvim_win_get_cursor(0)[1]
end

vim.cmd('edit flow.yml')
local client = vim.lsp.start_client({ cmd = { vim.env.SERVER, 'arazzo', 'lsp' }, root_dir = vim.fn.getcwd() })
vim.lsp.buf_attach_client(0, client)

wait('a problem', function() return #vim.diagnostic.get(0) > 0 end)
for _, problem in ipairs(vim.diagnostic.get(0)) do
  print(string.format('problem %d:%d %s', problem.lnum + 1, problem.col + 1, problem.message:gsub('\n.*', '')))
end

-- The quick fix: the first of the actions that the editor offers.
local problem = vim.diagnostic.get(0)[1]
vim.api.nvim_win_set_cursor(0, { problem.lnum + 1, problem.col })
vim.ui.select = function(items, _, chosen)
  print('action ' .. items[1][2].title)
  chosen(items[1])
end
vim.lsp.buf.code_action()
wait('the correction', function() return #vim.diagnostic.get(0) == 0 end)
print('corrected ' .. vim.trim(vim.api.nvim_get_current_line()))

-- Completion behind what is written.
vim.fn.search('totpId: \\$steps')
local indent = '    totpId: $steps.createTotp.outputs.'
vim.api.nvim_set_current_line(indent)
vim.api.nvim_win_set_cursor(0, { line(), #indent })
local params = vim.lsp.util.make_position_params()
params.position.character = #indent
local answers = vim.lsp.buf_request_sync(0, 'textDocument/completion', params, 20000)
local names = {}
for _, item in ipairs(vim.lsp.util.text_document_completion_list_to_complete_items(answers[client].result, '')) do
  table.insert(names, item.word)
end
print('completions ' .. table.concat(names, ' '))
vim.api.nvim_set_current_line(indent .. names[1])

-- Into the description.
vim.fn.search('operationId: api_totp_v1_Create')
vim.fn.search('api_totp')
vim.lsp.buf.definition()
wait('the description', function() return vim.api.nvim_buf_get_name(0):match('openapi') ~= nil end)
local near = vim.api.nvim_buf_get_lines(0, line() - 1, line() + 8, false)
print('definition ' .. vim.fn.fnamemodify(vim.api.nvim_buf_get_name(0), ':t') .. ' ' .. (table.concat(near, ' '):match('api_totp_v1_Create') or 'elsewhere'))
vim.cmd('qall!')
