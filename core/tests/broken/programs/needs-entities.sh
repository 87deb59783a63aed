# A program that needs a layer.
echo '{"docmill": 1, "contract": {"needs": ["entities"]}}'
