"from folder"
