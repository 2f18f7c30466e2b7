;;; emacs.el --- Emacs with Eglot as a client of the language server  -*- lexical-binding: t; -*-

;; Run by `emacs --batch -l emacs.el'. Prints one line of JSON for each step.
;; The task comes as JSON in CHECK_TASK: { server: [...], folder, file, line, character, code, fix, storeLine, store }.

;;; Code:

(require 'package)
(package-initialize)
(require 'eglot)
(require 'flymake)
(require 'json)

(defvar task (json-parse-string (getenv "CHECK_TASK") :object-type 'plist :array-type 'list))
(defvar patience 20)

(define-derived-mode nix-mode prog-mode "Nix")
(add-to-list 'auto-mode-alist '("\\.nix\\'" . nix-mode))
(add-to-list 'eglot-server-programs `(nix-mode . ,(plist-get task :server)))
(setq eglot-connect-timeout patience
      flymake-no-changes-timeout 0.05
      create-lockfiles nil
      make-backup-files nil)

(defun say (step &rest data)
  "Print STEP and its DATA, a property list, as a line of JSON."
  (princ (json-serialize (append (list :step step) data)))
  (terpri))

(defun give-up (reason)
  "Say REASON and end."
  (say "failed" :reason reason)
  (kill-emacs 1))

(defun wait-for (what condition)
  "Wait until CONDITION returns non-nil; give up naming WHAT when it does not."
  (let ((end (+ (float-time) patience)) value)
    (while (and (not (setq value (funcall condition))) (< (float-time) end))
      (accept-process-output nil 0.05))
    (or value (give-up (concat "there was no " what)))))

(defun found ()
  "The diagnostics of the buffer as the server sent them."
  (delq nil (mapcar (lambda (diagnostic)
                      (alist-get 'eglot-lsp-diag (flymake-diagnostic-data diagnostic)))
                    (flymake-diagnostics))))

(defun described ()
  "The diagnostics of the buffer for a line of JSON."
  (apply #'vector
         (mapcar (lambda (sent)
                   (let ((start (plist-get (plist-get sent :range) :start)))
                     (list :code (plist-get sent :code)
                           :line (plist-get start :line)
                           :character (plist-get start :character)
                           :message (plist-get sent :message))))
                 (found))))

(defun targets ()
  "The diagnostics that the task is about."
  (seq-filter (lambda (sent)
                (and (equal (plist-get sent :code) (plist-get task :code))
                     (equal (plist-get (plist-get (plist-get sent :range) :start) :line) (plist-get task :line))))
              (found)))

(find-file (expand-file-name (plist-get task :file) (plist-get task :folder)))
;; The folder is not under version control, so Emacs has to be told that it is a project.
(setq-local project-find-functions (list (lambda (_) (cons 'transient (plist-get task :folder)))))
(apply #'eglot--connect (eglot--guess-contact))
(wait-for "answer to initialize" #'eglot-managed-p)
(flymake-mode 1)
(flymake-start)
(wait-for "diagnostics" #'flymake-diagnostics)
(say "diagnostics" :diagnostics (described))

(let* ((server (eglot-current-server))
       (position (list :line (plist-get task :line) :character (plist-get task :character)))
       (actions (jsonrpc-request
                 server :textDocument/codeAction
                 (list :textDocument (eglot--TextDocumentIdentifier)
                       :range (list :start position :end position)
                       :context (list :diagnostics (apply #'vector (targets)) :only ["quickfix"]))))
       (chosen (seq-find (lambda (action) (equal (plist-get action :title) (plist-get task :fix))) actions)))
  (unless chosen
    (give-up (format "no action is called %s: %S" (plist-get task :fix) actions)))
  (unless (plist-get chosen :edit)
    (setq chosen (jsonrpc-request server :codeAction/resolve chosen)))
  (eglot--apply-workspace-edit (plist-get chosen :edit))
  ;; With a screen, Eglot sends changes when Emacs is idle. A batch Emacs is never idle.
  (eglot--signal-textDocument/didChange))

(wait-for "end of the finding" (lambda () (null (targets))))
(say "fixed" :diagnostics (described) :lines (apply #'vector (split-string (buffer-string) "\n")))

;; A store with one entry, which is completed as Emacs does it by itself.
(goto-char (point-min))
(forward-line (plist-get task :storeLine))
(insert (plist-get task :store) "\n")
(search-backward "\"\"")
(forward-char)
(eglot--signal-textDocument/didChange)
(say "completed" :words (apply #'vector (mapcar #'substring-no-properties
                                               (all-completions "" (nth 2 (eglot-completion-at-point))))))

(set-buffer-modified-p nil)
(eglot-shutdown (eglot-current-server))
(say "stopped")
(kill-emacs 0)

;;; emacs.el ends here
