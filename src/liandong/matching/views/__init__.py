"""Rosters: plans (lists, new), board, cells, answers of those asked. Packages and resources. Draws. Suggestions and finding people. Rotas: rota_pages for those who keep them, turn_pages
for hosts. Beside them what pages share: load, grid, panels, rota_grid."""
