# A program that breaks the protocol of the stage command.
echo Loading the model
