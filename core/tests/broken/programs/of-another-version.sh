# A program that breaks the protocol of the stage command.
echo '{"docmill": 2, "contract": {}}'
