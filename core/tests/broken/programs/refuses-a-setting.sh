# A program that breaks the protocol of the stage command.
echo '{"error": "must be at least 1", "setting": "/limits/min-length"}'
