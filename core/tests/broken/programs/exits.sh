# A program that breaks the protocol of the stage command.
exit 3
