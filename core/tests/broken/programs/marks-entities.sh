# A program that keeps to the protocol.
echo '{"docmill": 1, "contract": {"writes": ["entities"]}}'
