<?php
// Stands in for pfSense: plays sessions as pfSsh.php does, with the few functions that they call, on a configuration kept as JSON.
//   php playback.php STATE SESSION [check]
// STATE holds {"config": …, "web": {URL: text}, "writable": true}; afterwards also how often each function was called.

[, $state_file, $session] = $argv;
$state = json_decode(file_get_contents($state_file), true, 512, JSON_THROW_ON_ERROR);
$config = $state['config'];
$calls = ['write_config' => 0, 'filter_configure' => 0, 'unlink' => []];
$lists = dirname($state_file);

set_error_handler(function (int $level, string $text, string $file, int $line) {
	fwrite(STDERR, "warning: {$text} in line {$line}\n");
	exit(9);
});
register_shutdown_function(function () use ($state_file) {
	global $state, $calls;
	file_put_contents($state_file, json_encode(['calls' => $calls] + $state, JSON_PRETTY_PRINT | JSON_UNESCAPED_SLASHES));
});

function config_get_path(string $path, $default = null) {
	global $config;
	$found = $config;
	foreach (array_filter(explode('/', $path), 'strlen') as $key) {
		if (!is_array($found) || !array_key_exists($key, $found)) {
			return $default;
		}
		$found = $found[$key];
	}
	return $found === '' && $default !== null ? $default : $found;
}

function config_set_path(string $path, $value, $default = null) {
	global $config;
	$place = &$config;
	foreach (explode('/', $path) as $key) {
		if (!is_array($place)) {
			$place = [];
		}
		$place = &$place[$key];
	}
	$place = $value;
	return $value;
}

function write_config(string $why) {
	global $config, $state, $calls;
	$calls['write_config']++;
	if (!($state['writable'] ?? true)) {
		return -1;
	}
	// Of an empty list pfSense writes nothing, of an area without anything an empty tag.
	foreach (['aliases' => 'alias', 'filter' => 'rule'] as $area => $list) {
		if (($config[$area][$list] ?? null) === []) {
			unset($config[$area][$list]);
		}
		$config[$area] = ($config[$area] ?? []) === [] ? '' : $config[$area];
	}
	$state['config'] = $config;
	return $config;
}

function filter_configure(): void {
	global $calls;
	$calls['filter_configure']++;
}

function process_alias_urltable($name, $type, $url, $freq, $forceupdate = false, $validateonly = false) {
	global $state, $lists;
	if (!isset($state['web'][$url])) {
		return false;
	}
	file_put_contents("{$lists}/{$name}.txt", $state['web'][$url]);
	return true;
}

function unlink_if_exists(string $path): void {
	global $calls;
	$calls['unlink'][] = basename($path);
}

function playback_text(string $text): void {
	$played = '';
	foreach (explode("\n", $text) as $line) {
		$first = substr($line, 0, 1);
		if ($first === '!') {
			$played .= 'system("' . str_replace('"', '\\"', substr($line, 1)) . "\");\n";
		} elseif ($first !== '=') {
			$played .= "{$line}\n";
		}
	}
	eval($played);
}

$argv = $GLOBALS['argv'] = array_merge(['pfSsh.php', 'playback', 'gatepost'], array_slice($argv, 3));
playback_text(str_replace('/var/db/aliastables', $lists, file_get_contents($session)));
